/** Small remembered choices. Storage may be blocked or full; the console works without it. */
export function remember(key: string, value: string | null, store: Storage = localStorage): void {
  try {
    if (value === null) store.removeItem(`assent.${key}`);
    else store.setItem(`assent.${key}`, value);
  } catch {
    // A private window without storage: the choice lasts until the page is closed.
  }
}

export function recall(key: string, store: Storage = localStorage): string | null {
  try {
    return store.getItem(`assent.${key}`);
  } catch {
    return null;
  }
}
