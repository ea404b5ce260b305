import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import type { ConsentContact, NewOptOut } from '../../api/consent';
import { refreshLists } from '../../api/liveList';
import { usePages } from '../../api/pages';
import type { TimelineItem } from '../../api/types';
import { LIVE_MS } from '../../app/queryClient';

export function useContact(id: string | null) {
  return useQuery({
    queryKey: ['contacts', id],
    queryFn: (): Promise<ConsentContact> =>
      ask(api.GET('/api/v1/contacts/{contact_id}', { params: { path: { contact_id: id ?? '' } } })),
    refetchInterval: 2 * LIVE_MS,
    enabled: id !== null,
  });
}

export function useTimeline(id: string | null) {
  return usePages<TimelineItem>({
    queryKey: ['contacts', id, 'timeline'],
    load: (cursor) =>
      ask(
        api.GET('/api/v1/contacts/{contact_id}/timeline', {
          params: { path: { contact_id: id ?? '' }, query: { cursor } },
        }),
      ),
    refreshEvery: 2 * LIVE_MS,
    enabled: id !== null,
  });
}

/** All that a change of consent touches: the profile, memberships, the queue, the lists. */
function useRefresh() {
  const queries = useQueryClient();
  return () => {
    refreshLists();
    return Promise.all(
      [['contacts'], ['groups'], ['queue'], ['opt-outs'], ['decisions']].map((queryKey) =>
        queries.invalidateQueries({ queryKey }),
      ),
    );
  };
}

export function useOptOut() {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: (body: NewOptOut) => ask(api.POST('/api/v1/opt-outs', { body })),
    onSuccess,
  });
}

export function useUndoOptOut() {
  const onSettled = useRefresh();
  return useMutation({
    mutationFn: (id: string) =>
      ask(
        api.DELETE('/api/v1/opt-outs/{opt_out_id}', {
          params: { path: { opt_out_id: id } },
        }),
      ),
    // After a refusal too: it stands differently from what was shown.
    onSettled,
  });
}

export function usePutBack(contactId: string) {
  const onSettled = useRefresh();
  return useMutation({
    mutationFn: () =>
      ask(
        api.POST('/api/v1/contacts/{contact_id}/put-back', {
          params: { path: { contact_id: contactId } },
        }),
      ),
    onSettled,
  });
}

export function useNumberReassigned(contactId: string) {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: () =>
      ask(
        api.POST('/api/v1/contacts/{contact_id}/number-reassigned', {
          params: { path: { contact_id: contactId } },
        }),
      ),
    onSuccess,
  });
}

export function useErase(contactId: string) {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: (confirm: string) =>
      ask(
        api.POST('/api/v1/contacts/{contact_id}/erase', {
          params: { path: { contact_id: contactId } },
          body: { confirm },
        }),
      ),
    onSuccess,
  });
}

export function useProofCheck(contactId: string) {
  return useMutation({
    mutationFn: () =>
      ask(api.GET('/api/v1/proof/check', { params: { query: { contact_id: contactId } } })),
  });
}

export function useProofPack(contactId: string) {
  return useMutation({
    mutationFn: () =>
      ask(
        api.GET('/api/v1/proof', {
          params: { query: { contact_id: contactId } },
          parseAs: 'blob',
        }),
      ),
  });
}
