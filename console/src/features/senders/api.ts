/** The account's senders and the words by which people join a group through them. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import { done, type JoinWord, type SenderChange } from '../../api/consent';
import { usePages } from '../../api/pages';
import type { Sender } from '../../api/types';

export function useSenders() {
  return usePages<Sender>({
    queryKey: ['senders'],
    load: () => ask(api.GET('/api/v1/senders')),
  });
}

export function useChangeSender(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: SenderChange) =>
      ask(
        api.PATCH('/api/v1/senders/{sender_id}', {
          params: { path: { sender_id: id } },
          body,
        }),
      ),
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['senders'], exact: true }),
        queries.invalidateQueries({ queryKey: ['overview'] }),
      ]),
  });
}

const wordsOf = (senderId: string) => ['senders', senderId, 'join-words'];

export function useJoinWords(senderId: string) {
  return useQuery({
    queryKey: wordsOf(senderId),
    queryFn: () =>
      ask(
        api.GET('/api/v1/senders/{sender_id}/join-words', {
          params: { path: { sender_id: senderId } },
        }),
      ),
  });
}

export function useAddJoinWord(senderId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Pick<JoinWord, 'word' | 'group_id'>) =>
      ask(
        api.POST('/api/v1/senders/{sender_id}/join-words', {
          params: { path: { sender_id: senderId } },
          body,
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: wordsOf(senderId) }),
  });
}

export function useDeleteJoinWord(senderId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (word: string) =>
      done(
        api.DELETE('/api/v1/senders/{sender_id}/join-words/{word}', {
          params: { path: { sender_id: senderId, word } },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: wordsOf(senderId) }),
  });
}
