/** Making and editing contacts, and notes about them. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask } from '../../../api/client';
import { done } from '../../../api/consent';
import { refreshLists } from '../../../api/liveList';
import type { components } from '../../../api/schema';
import { follow } from '../../jobs/followed';

type Schemas = components['schemas'];

export type Profile = Schemas['ContactView'];
export type NewContact = Schemas['NewContact'];
export type ProfileChange = Schemas['ProfileChange'];
export type Diagnosis = Schemas['QueueDiagnosis'];

const at = (id: string) => ({ params: { path: { contact_id: id } } });

function useRefresh() {
  const queries = useQueryClient();
  return () => {
    refreshLists();
    return Promise.all(
      [['contacts'], ['directory', 'count'], ['groups']].map((queryKey) =>
        queries.invalidateQueries({ queryKey }),
      ),
    );
  };
}

export function useCreateContact() {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: (body: NewContact) => ask(api.POST('/api/v1/contacts', { body })),
    onSuccess,
  });
}

export function useEditContact(id: string) {
  const onSettled = useRefresh();
  return useMutation({
    mutationFn: (body: ProfileChange) =>
      ask(api.PATCH('/api/v1/contacts/{contact_id}', { ...at(id), body })),
    // After a refusal too: it stands differently from what was shown.
    onSettled,
  });
}

/** Deletes 30 seconds from now; the tray at the bottom has the way back until then. */
export function useDeleteContact(id: string) {
  return useMutation({
    mutationFn: () => ask(api.DELETE('/api/v1/contacts/{contact_id}', at(id))),
    onSuccess: follow,
  });
}

export function useAddNote(id: string) {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: (text: string) =>
      ask(api.POST('/api/v1/contacts/{contact_id}/notes', { ...at(id), body: { text } })),
    onSuccess,
  });
}

const ofNote = (contactId: string, noteId: string) => ({
  params: { path: { contact_id: contactId, note_id: noteId } },
});

export function useEditNote(contactId: string, noteId: string) {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: (text: string) =>
      ask(
        api.PATCH('/api/v1/contacts/{contact_id}/notes/{note_id}', {
          ...ofNote(contactId, noteId),
          body: { text },
        }),
      ),
    onSuccess,
  });
}

export function useDeleteNote(contactId: string, noteId: string) {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: () =>
      done(api.DELETE('/api/v1/contacts/{contact_id}/notes/{note_id}', ofNote(contactId, noteId))),
    onSuccess,
  });
}

export function useDiagnosis(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ['contacts', id, 'diagnosis'],
    queryFn: () => ask(api.GET('/api/v1/contacts/{contact_id}/queue-diagnosis', at(id))),
    enabled,
  });
}
