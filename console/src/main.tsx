import { colorSchemeManager } from './app/scheme';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Boot } from './app/Boot';
import './app/global.css';
import { startI18n } from './app/i18n';
import { queryClient } from './app/queryClient';
import { theme, variables } from './app/theme';

const container = document.getElementById('root');
if (!container) throw new Error('index.html has no #root');

await startI18n();

createRoot(container).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
    >
      <Notifications position="bottom-right" limit={4} />
      <QueryClientProvider client={queryClient}>
        <Boot />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
