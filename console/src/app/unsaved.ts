/** Whether something on the screen would be lost: asked where no navigation of the router asks. */
import { useEffect, useRef } from 'react';

interface Guard {
  /** Asked at the moment somebody leaves. */
  unsaved: () => boolean;
  /** Asks the person, and goes on when it may. */
  ask: (go: () => void) => void;
}

let guard: Guard | null = null;

/** Leaves what is shown: at once, or when the person has said what becomes of it. */
export function leave(go: () => void): void {
  if (guard?.unsaved()) guard.ask(go);
  else go();
}

/** Answers for what is shown, while it is. */
export function useUnsaved({ unsaved, ask }: Guard): void {
  const latest = useRef({ unsaved, ask });
  useEffect(() => {
    latest.current = { unsaved, ask };
  });
  useEffect(() => {
    guard = {
      unsaved: () => latest.current.unsaved(),
      ask: (go) => {
        latest.current.ask(go);
      },
    };
    return () => {
      guard = null;
    };
  }, []);
}
