/** Tells screen readers about changes that happen without a focus move. */
const REGION_ID = 'announcements';

export function announce(message: string): void {
  const region = document.getElementById(REGION_ID);
  if (!region) return;
  // The same words twice are only spoken again when the text changes in between.
  region.textContent = '';
  window.setTimeout(() => {
    region.textContent = message;
  }, 50);
}

export { REGION_ID as ANNOUNCEMENTS_ID };
