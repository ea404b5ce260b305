import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv } from 'vite';

/** Paths that the running stack answers; everything else is the console's own. */
const SERVED_BY_THE_STACK = ['/api', '/config.json', '/f/', '/webhooks', '/phone'];

export default defineConfig(({ mode }) => {
  const stack = loadEnv(mode, '.', 'ASSENT_').ASSENT_ORIGIN ?? 'http://127.0.0.1:8080';
  return {
    plugins: [react()],
    server: {
      host: '127.0.0.1',
      proxy: Object.fromEntries(SERVED_BY_THE_STACK.map((path) => [path, stack])),
    },
    build: {
      target: 'es2022',
      // The content security policy allows no data: URLs for scripts and fonts.
      assetsInlineLimit: 0,
      rolldownOptions: {
        output: {
          codeSplitting: {
            groups: [
              { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
              { name: 'mantine', test: /node_modules[\\/](@mantine|@floating-ui)[\\/]/ },
            ],
          },
        },
      },
    },
  };
});
