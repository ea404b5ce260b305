/** Whether something on the screen would be lost: asked where no navigation of the router asks. */
import { useEffect, useRef } from 'react';

type Question = () => boolean;
let question: Question = () => false;

export function hasUnsaved(): boolean {
  return question();
}

/** Answers for what is shown, while it is. */
export function useUnsaved(unsaved: Question): void {
  const latest = useRef(unsaved);
  useEffect(() => {
    latest.current = unsaved;
  });
  useEffect(() => {
    question = () => latest.current();
    return () => {
      question = () => false;
    };
  }, []);
}
