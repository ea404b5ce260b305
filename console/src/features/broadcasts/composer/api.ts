/** Drafts: kept, looked at, counted, scheduled. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { api, ask } from '../../../api/client';
import type { components } from '../../../api/schema';
import type { NewBroadcast, Schedule } from './form';

export type Preview = components['schemas']['TextPreview'];
export type DryRun = components['schemas']['DryRun'];

const at = (id: string) => ({ params: { path: { broadcast_id: id } } });

/** Keeps a draft: made the first time, changed from then on, so that trying again makes no second. */
export function useKeep(existing: string | null) {
  const queries = useQueryClient();
  const made = useRef(existing);
  return useMutation({
    mutationFn: async (body: NewBroadcast) => {
      const kept = made.current
        ? await ask(api.PUT('/api/v1/broadcasts/{broadcast_id}', { ...at(made.current), body }))
        : await ask(api.POST('/api/v1/broadcasts', { body }));
      made.current = kept.id;
      return kept;
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['broadcasts'] }),
  });
}

export function useSchedule() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, schedule }: { id: string; schedule: Schedule }) =>
      ask(
        api.POST('/api/v1/broadcasts/{broadcast_id}/schedule', {
          ...at(id),
          body: schedule,
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ['broadcasts'] }),
  });
}

/** The text as a contact gets it; what was shown before stays until the answer is there. */
export function usePreview(template: string, senderId: string, contactId: string) {
  return useQuery({
    queryKey: ['broadcast-preview', template, senderId, contactId],
    queryFn: () =>
      ask(
        api.POST('/api/v1/broadcasts/preview', {
          body: { template, sender_id: senderId, contact_id: contactId },
        }),
      ),
    enabled: template.trim() !== '',
    placeholderData: keepPreviousData,
  });
}

/** Counts who would be sent it; a large audience takes several answers, shown as they come. */
export function useDryRun(id: string) {
  const [partial, setPartial] = useState<DryRun | null>(null);
  const query = useQuery({
    queryKey: ['broadcast-dry-run', id],
    queryFn: async ({ signal }) => {
      let run: DryRun;
      let cursor: string | null = null;
      do {
        run = await ask(
          api.POST('/api/v1/broadcasts/{broadcast_id}/dry-run', {
            ...at(id),
            body: { cursor },
            signal,
          }),
        );
        setPartial(run);
        cursor = run.cursor ?? null;
      } while (cursor !== null);
      return run;
    },
    staleTime: 0,
    gcTime: 0,
  });
  return { ...query, run: query.data ?? partial };
}
