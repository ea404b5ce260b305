/** Hands a file to the browser as a download. */
export function save(parts: BlobPart[], name: string, type: string): void {
  const address = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // Not at once: the browser may still be reading it.
  window.setTimeout(() => {
    URL.revokeObjectURL(address);
  }, 10_000);
}
