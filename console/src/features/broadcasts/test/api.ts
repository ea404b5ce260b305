/** The signed-in person's own phone, and texts sent to it as a test. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../../api/client';

const PHONE = ['me', 'phone'];

export function useOwnPhone() {
  return useQuery({
    queryKey: PHONE,
    queryFn: () => ask(api.GET('/api/v1/me/phone')),
    staleTime: 0,
  });
}

function useKept() {
  const queries = useQueryClient();
  return (shown: unknown) => {
    queries.setQueryData(PHONE, shown);
  };
}

export function useClaimPhone() {
  const onSuccess = useKept();
  return useMutation({
    mutationFn: (phone: string) => ask(api.POST('/api/v1/me/phone', { body: { phone } })),
    onSuccess,
  });
}

export function useVerifyPhone() {
  const onSuccess = useKept();
  return useMutation({
    mutationFn: (code: string) => ask(api.POST('/api/v1/me/phone/verify', { body: { code } })),
    onSuccess,
  });
}

export function useTestSend() {
  return useMutation({
    mutationFn: (id: string) =>
      ask(
        api.POST('/api/v1/broadcasts/{broadcast_id}/test', {
          params: { path: { broadcast_id: id } },
          body: { contact_id: '' },
        }),
      ),
  });
}
