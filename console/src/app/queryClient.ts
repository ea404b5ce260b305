import { QueryClient } from '@tanstack/react-query';
import { isTransient } from '../api/problem';

/** How often live parts ask again; leaves room for the answer within the 2 s that users notice. */
export const LIVE_MS = 1_500;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      networkMode: 'always',
      retry: (failures, error) => failures < 2 && isTransient(error),
      retryDelay: (attempt) => 500 * 2 ** attempt,
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});
