/** The account's labels: few enough to be read at once. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../api/client';
import { refreshLists } from '../../api/liveList';
import { useAfterFirstRows } from '../../app/firstRows';
import type { components } from '../../api/schema';

export type Label = components['schemas']['LabelView'];

export function useLabels() {
  return useQuery({
    queryKey: ['labels'],
    queryFn: () => ask(api.GET('/api/v1/labels')),
    staleTime: 30_000,
    enabled: useAfterFirstRows(),
  });
}

export function useCountedLabels() {
  return useQuery({
    queryKey: ['labels', 'counted'],
    queryFn: () => ask(api.GET('/api/v1/labels', { params: { query: { counts: true } } })),
  });
}

function useRefresh() {
  const queries = useQueryClient();
  return () => {
    refreshLists();
    return Promise.all([
      queries.invalidateQueries({ queryKey: ['labels'] }),
      queries.invalidateQueries({ queryKey: ['contacts'] }),
    ]);
  };
}

export function useCreateLabel() {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: (name: string) => ask(api.POST('/api/v1/labels', { body: { name } })),
    onSuccess,
  });
}

/** Puts a label on one contact, or takes it off. */
export function useLabelOne() {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: ({
      contactId,
      labelId,
      on,
    }: {
      contactId: string;
      labelId: string;
      on: boolean;
    }) => {
      const at = { params: { path: { contact_id: contactId, label_id: labelId } } };
      return ask(
        on
          ? api.PUT('/api/v1/contacts/{contact_id}/labels/{label_id}', at)
          : api.DELETE('/api/v1/contacts/{contact_id}/labels/{label_id}', at),
      );
    },
    onSuccess,
  });
}

export function useFavourite() {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: ({ contactId, on }: { contactId: string; on: boolean }) => {
      const at = { params: { path: { contact_id: contactId } } };
      return ask(
        on
          ? api.PUT('/api/v1/contacts/{contact_id}/favourite', at)
          : api.DELETE('/api/v1/contacts/{contact_id}/favourite', at),
      );
    },
    onSuccess,
  });
}

const at = (id: string) => ({ params: { path: { label_id: id } } });

export function useChangeLabel(id: string) {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: (body: components['schemas']['LabelChange']) =>
      ask(api.PATCH('/api/v1/labels/{label_id}', { ...at(id), body })),
    onSuccess,
  });
}

export function useMergeLabel(id: string) {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: (into: string) =>
      ask(api.POST('/api/v1/labels/{label_id}/merge', { ...at(id), body: { into } })),
    onSuccess,
  });
}

export function useDeleteLabel(id: string) {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: () => ask(api.DELETE('/api/v1/labels/{label_id}', at(id))),
    onSuccess,
  });
}
