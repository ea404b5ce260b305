/** What is being written: looked at, counted, kept, scheduled. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { api, ask } from '../../../api/client';
import type { components } from '../../../api/schema';
import type { NewBroadcast, Schedule } from './form';

export type Preview = components['schemas']['TextPreview'];
export type DryRun = components['schemas']['DryRun'];
export type Waiting = components['schemas']['Waiting'];
export type Sketch = components['schemas']['Sketch'];

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

export interface Looked {
  template: string;
  sender: string;
  channel: 'sms' | 'voice';
  contact: string;
}

/** The text as a contact gets it; what was shown before stays until the answer is there. */
export function usePreview({ template, sender, channel, contact }: Looked) {
  return useQuery({
    queryKey: ['broadcast-preview', template, sender, channel, contact],
    queryFn: () =>
      ask(
        api.POST('/api/v1/broadcasts/preview', {
          body: { template, sender_id: sender, channel, contact_id: contact },
        }),
      ),
    enabled: template.trim() !== '',
    placeholderData: keepPreviousData,
  });
}

/**
 * Counts who would be sent what is being written, which is kept nowhere; a large audience takes
 * several answers, shown as they come.
 */
export function useDryRun(broadcast: Sketch, schedule: Schedule, enabled = true) {
  const asked = JSON.stringify([broadcast, schedule]);
  const [partial, setPartial] = useState<{ asked: string; run: DryRun } | null>(null);
  const query = useQuery({
    queryKey: ['broadcast-dry-run', asked],
    queryFn: async ({ signal }) => {
      let run: DryRun;
      let cursor: string | null = null;
      do {
        run = await ask(
          api.POST('/api/v1/broadcasts/dry-run', { body: { broadcast, schedule, cursor }, signal }),
        );
        setPartial({ asked, run });
        cursor = run.cursor ?? null;
      } while (cursor !== null);
      return run;
    },
    enabled,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  return { ...query, run: query.data ?? (partial?.asked === asked ? partial.run : null) };
}
