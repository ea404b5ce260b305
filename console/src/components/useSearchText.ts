import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { useAccess } from '../app/access';

const TYPING_MS = 250;

/** By account, since nothing of one account may show in another. */
const kept = new Map<string, string>();

/** What is searched for, and whether something else stands in the box already. */
export interface SearchText {
  asked: string;
  /** The person is still typing: what is shown is not yet what the box says. */
  typing: boolean;
  /** Asks once the person pauses. */
  type: (text: string) => void;
  /** Asks now. */
  ask: (text: string) => void;
}

/**
 * What stands in a search box: still there after a look at a profile, gone with the tab. Not in the
 * address of the page, since it is often a phone number.
 */
export function useSearchText(name: string): SearchText {
  const { account } = useAccess();
  const key = `${account.id} ${name}`;
  const [asked, setAsked] = useState(() => kept.get(key) ?? '');
  const [typing, setTyping] = useState(false);
  const settle = (text: string) => {
    kept.set(key, text);
    setAsked(text);
    setTyping(false);
  };
  const later = useDebouncedCallback(settle, TYPING_MS);
  return {
    asked,
    typing,
    type: (text) => {
      setTyping(text.trim() !== asked);
      later(text.trim());
    },
    ask: (text) => {
      later.cancel();
      settle(text.trim());
    },
  };
}
