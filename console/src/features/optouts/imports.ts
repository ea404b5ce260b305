/** Imports of numbers: what only they have. */
import { useMutation } from '@tanstack/react-query';
import { ask } from '../../api/client';
import { useImport, useKeepImport } from '../imports/api';
import { useRefresh } from './api';
import { routes, type NewImport } from './routes';

/** One import; the opt-out list is read again once it has ended. */
export function useOptOutImport(id: string | null) {
  const refresh = useRefresh();
  return useImport('opt-outs', id, () => void refresh());
}

export function useCreateImport() {
  return useMutation({
    mutationFn: (body: NewImport) => ask(routes.POST('/api/v1/opt-out-imports', { body })),
    onSuccess: useKeepImport('opt-outs'),
  });
}
