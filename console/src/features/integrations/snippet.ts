/** A plain HTML form for the customer's own site; works without JavaScript. */
import type { Integration } from '../../api/types';

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

export function formUrl({ form_path }: Pick<Integration, 'form_path'>): string {
  return window.location.origin + form_path;
}

export function formSnippet(
  integration: Pick<Integration, 'form_path' | 'disclosure' | 'disclosure_sha256'>,
): string {
  // The copy shows the words of today: it says which, for when they change here.
  return `<form method="post" action="${escapeHtml(formUrl(integration))}">
  <input type="hidden" name="disclosure" value="${escapeHtml(integration.disclosure_sha256)}">
  <label>First name <input name="first_name" autocomplete="given-name" required></label>
  <label>Last name <input name="last_name" autocomplete="family-name" required></label>
  <label>Mobile phone <input name="phone" type="tel" autocomplete="tel" required></label>
  <label><input type="checkbox" name="consent" value="yes" required> ${escapeHtml(integration.disclosure)}</label>
  <button>Sign up</button>
</form>`;
}
