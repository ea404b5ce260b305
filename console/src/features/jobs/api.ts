/** One thing done to many contacts on the server: started, followed, stopped, taken back. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import { refreshLists } from '../../api/liveList';
import { usePages } from '../../api/pages';
import type { components } from '../../api/schema';
import { LIVE_MS } from '../../app/queryClient';
import { follow } from './followed';

type Schemas = components['schemas'];

export type Job = Schemas['JobView'];
export type NewJob = Schemas['NewJob'];
export type Refusal = Schemas['RefusalView'];

/** The most contacts that a job takes one by one. */
const MOST_IDS = 500;

export function isAtRest({ state }: Job): boolean {
  return state === 'finished' || state === 'cancelled';
}

/** All that a job may have changed. */
export function useRefreshAll() {
  const queries = useQueryClient();
  return () => {
    refreshLists();
    return Promise.all(
      [['directory', 'count'], ['contacts'], ['groups'], ['queue'], ['labels']].map((queryKey) =>
        queries.invalidateQueries({ queryKey }),
      ),
    );
  };
}

/** Begins a job, or several where more contacts are named than one takes. */
export function useStartJob() {
  return useMutation({
    mutationFn: async (wanted: NewJob): Promise<Job[]> => {
      const { contact_ids: ids = [] } = wanted;
      if (ids.length <= MOST_IDS) return [await ask(api.POST('/api/v1/jobs', { body: wanted }))];
      const jobs: Job[] = [];
      let body = wanted;
      for (let at = 0; at < ids.length; at += MOST_IDS) {
        body = { ...body, contact_ids: ids.slice(at, at + MOST_IDS) };
        const job = await ask(api.POST('/api/v1/jobs', { body }));
        // A group that was made on the way is there for the rest.
        if (body.new_group_name) body = { ...body, new_group_name: '', group_id: job.group_id };
        jobs.push(job);
      }
      return jobs;
    },
    onSuccess: (jobs) => {
      jobs.forEach(follow);
    },
  });
}

export function useJob(id: string) {
  return useQuery({
    queryKey: ['jobs', 'one', id],
    queryFn: () => ask(api.GET('/api/v1/jobs/{job_id}', { params: { path: { job_id: id } } })),
    refetchInterval: ({ state }) => (state.data && isAtRest(state.data) ? false : LIVE_MS / 2),
  });
}

export function useJobs() {
  return usePages<Job>({
    queryKey: ['jobs', 'list'],
    load: (cursor) => ask(api.GET('/api/v1/jobs', { params: { query: { cursor } } })),
    refreshEvery: 2 * LIVE_MS,
  });
}

export function useRefused(id: string) {
  return usePages<Refusal>({
    queryKey: ['jobs', 'refused', id],
    load: (cursor) =>
      ask(
        api.GET('/api/v1/jobs/{job_id}/refused', {
          params: { path: { job_id: id }, query: { cursor } },
        }),
      ),
  });
}

/** Stops a job; of a deletion that has not begun, this is what takes it back. */
export function useCancelJob(id: string) {
  const queries = useQueryClient();
  const refresh = useRefreshAll();
  return useMutation({
    mutationFn: () =>
      ask(api.POST('/api/v1/jobs/{job_id}/cancel', { params: { path: { job_id: id } } })),
    onSuccess: (job) => {
      queries.setQueryData(['jobs', 'one', id], job);
      return refresh();
    },
  });
}

export function useUndoJob(id: string) {
  return useMutation({
    mutationFn: () =>
      ask(api.POST('/api/v1/jobs/{job_id}/undo', { params: { path: { job_id: id } } })),
    onSuccess: follow,
  });
}
