/** What can be taken back says so, for a while, beside the message that it was done. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { TFunction } from 'i18next';
import { announce } from './announce';
import { tellDone, tellFailed } from './toast';

const UNDO_MS = 10_000;

interface Undoable {
  id: string;
  run: () => unknown;
}

let latest: Undoable | null = null;

function forget(id: string): void {
  if (latest?.id === id) latest = null;
}

/** Something else that can be taken back now, and how: it is then what `u` takes back. */
export function offerUndo(id: string, run: () => unknown): void {
  latest = { id, run };
}

export function withdrawUndo(id: string): void {
  forget(id);
}

/** Takes back what was done last, if it still can be: the key `u` and the button lead here. */
export function undoLatest(): boolean {
  if (!latest) return false;
  latest.run();
  return true;
}

/**
 * Says what was done, with a button that takes it back. `undo` answers once the server has.
 * Never for what a contact decided: that is theirs to take back.
 */
export function tellUndoable(
  t: TFunction,
  message: string,
  undo: () => Promise<unknown>,
  lasts = UNDO_MS,
): void {
  const id = `undo-${performance.now()}`;
  let used = false;
  const run = async () => {
    if (used) return;
    used = true;
    forget(id);
    notifications.hide(id);
    try {
      await undo();
      tellDone(t, t('undo.done'));
      announce(t('undo.done'));
    } catch (error) {
      tellFailed(t, error);
    }
  };
  latest = { id, run };
  notifications.show({
    id,
    color: 'green',
    autoClose: lasts,
    closeButtonProps: { 'aria-label': t('common.close') },
    onClose: () => {
      forget(id);
    },
    message: (
      <span style={{ display: 'flex', gap: '0.75rem', alignItems: 'center' }}>
        <span style={{ flex: 1 }}>{message}</span>
        <Button size="compact-xs" variant="default" onClick={() => void run()}>
          {t('undo.action')}
        </Button>
      </span>
    ),
  });
  announce(`${message} ${t('undo.hint')}`);
}
