/** The signed-in person's own phone, and texts sent to it as a test. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../../api/client';
import type { components } from '../../../api/schema';
import type { Broadcast } from '../../../api/types';

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

/** A broadcast by its id, or one that is being written and kept nowhere. */
export type Tested = Pick<Broadcast, 'channel'> &
  ({ id: string } | { sketch: components['schemas']['NewBroadcast'] });

export function useTestSend() {
  return useMutation({
    mutationFn: ({ broadcast, contact }: { broadcast: Tested; contact: string | null }) => {
      const contact_id = contact ?? '';
      return 'id' in broadcast
        ? ask(
            api.POST('/api/v1/broadcasts/{broadcast_id}/test', {
              params: { path: { broadcast_id: broadcast.id } },
              body: { contact_id },
            }),
          )
        : ask(
            api.POST('/api/v1/broadcasts/test', {
              body: { broadcast: broadcast.sketch, contact_id },
            }),
          );
    },
  });
}
