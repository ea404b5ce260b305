/** The opt-in queue: reading it live, counting it, moving out of it. */
import { useQuery } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import { useLiveList } from '../../api/liveList';
import type { components } from '../../api/schema';
import type { MoveRefusal, MoveResult, QueueEntry } from '../../api/types';
import { LIVE_MS } from '../../app/queryClient';
import type { QueueSearch, QueueSort } from '../../app/router';
import { useAfterFirstRows } from '../../app/firstRows';

/** The most contacts that the API moves in one call; more go by a job. */
export const MOVE_AT_ONCE = 25;
const PAGE = 50;

export const idOf = (entry: QueueEntry) => entry.contact_id;

/** What of the queue is shown. */
export type QueueFilter = components['schemas']['LeadFilter'];

/** The same as the API asks for it. The text of the search box is no part of the address. */
export function queueFilter({ label, favourite }: QueueSearch, text: string): QueueFilter {
  const made: QueueFilter = {};
  if (text) made.search = text;
  if (label) made.label_id = label;
  if (favourite) made.favourite = true;
  return made;
}

function pages(filter: QueueFilter, sort: QueueSort) {
  return {
    queryKey: ['queue-list', filter, sort],
    load: (cursor: string | undefined) =>
      ask(api.POST('/api/v1/queue/search', { body: { filter, sort, cursor, limit: PAGE } })),
  };
}

/** What an address shows first. */
export function firstPage(search: QueueSearch) {
  return pages(queueFilter(search, ''), search.sort ?? 'newest');
}

export function useQueue(filter: QueueFilter, sort: QueueSort) {
  return useLiveList<QueueEntry>({ ...pages(filter, sort), idOf });
}

/** How many leads match; asked for once somebody may want all of them. */
export function useMatching(filter: QueueFilter, enabled: boolean) {
  const all = { ...filter, queued: true };
  return useQuery({
    queryKey: ['directory', 'count', all],
    queryFn: () => ask(api.POST('/api/v1/contacts/count', { body: { filter: all } })),
    staleTime: 4 * LIVE_MS,
    enabled,
  });
}

export function useQueueCount(enabled: boolean) {
  const free = useAfterFirstRows();
  return useQuery({
    queryKey: ['queue', 'count'],
    queryFn: () => ask(api.GET('/api/v1/queue/count')),
    refetchInterval: LIVE_MS,
    enabled: enabled && free,
  });
}

/** Where to: a group that exists, or the name of one to be created in the same step. */
export type Destination = { id: string; name: string } | { newName: string };

/** Moves any number of contacts, in as many calls as the API's limit asks for. */
export async function moveContacts(ids: string[], to: Destination): Promise<MoveResult> {
  let target = 'id' in to ? { group_id: to.id } : { new_group_name: to.newName };
  const answers: MoveResult[] = [];
  for (let at = 0; at < ids.length; at += MOVE_AT_ONCE) {
    const contact_ids = ids.slice(at, at + MOVE_AT_ONCE);
    const answer = await ask(api.POST('/api/v1/queue/moves', { body: { contact_ids, ...target } }));
    target = { group_id: answer.group.id };
    answers.push(answer);
  }
  const [first] = answers;
  if (!first) throw new Error('nothing to move');
  return {
    group: first.group,
    moved: answers.flatMap(({ moved }) => moved),
    refused: answers.flatMap(({ refused }) => refused),
  };
}

/** Puts moved contacts back to where they were in the queue. */
export async function undoMove(ids: string[], groupId: string): Promise<MoveRefusal[]> {
  const refused: MoveRefusal[] = [];
  for (let at = 0; at < ids.length; at += MOVE_AT_ONCE) {
    const body = { contact_ids: ids.slice(at, at + MOVE_AT_ONCE), group_id: groupId };
    refused.push(...(await ask(api.POST('/api/v1/queue/moves/undo', { body }))).refused);
  }
  return refused;
}
