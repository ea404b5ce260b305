import { useState } from 'react';
import { useAccess } from '../app/access';

/** By account, since nothing of one account may show in another. */
const kept = new Map<string, string>();

/**
 * What stands in a search box: still there after a look at a profile, gone with the tab. Not in the
 * address of the page, since it is often a phone number.
 */
export function useKeptText(name: string): [string, (text: string) => void] {
  const { account } = useAccess();
  const key = `${account.id} ${name}`;
  const [text, setText] = useState(() => kept.get(key) ?? '');
  return [
    text,
    (next) => {
      kept.set(key, next);
      setText(next);
    },
  ];
}
