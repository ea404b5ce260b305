import { useState } from 'react';
import { useAccess } from '../../app/access';

/** By account, since nothing of one account may show in another. */
const kept = new Map<string, unknown>();

interface Kept<Draft> {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  reset: () => void;
}

/** What a person has typed and not yet sent: it outlives a closed dialog and a look elsewhere. */
export function useDraft<Draft extends object>(name: string, empty: Draft): Kept<Draft> {
  const { account } = useAccess();
  const key = `${account.id} ${name}`;
  const [draft, setDraft] = useState<Draft>(() => ({
    ...empty,
    ...(kept.get(key) as Partial<Draft> | undefined),
  }));
  return {
    draft,
    change: (part) => {
      const next = { ...draft, ...part };
      kept.set(key, next);
      setDraft(next);
    },
    reset: () => {
      kept.delete(key);
      setDraft(empty);
    },
  };
}
