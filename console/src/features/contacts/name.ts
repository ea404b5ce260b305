import { readablePhone } from '../../components/Phone';

/** What to call a contact: the name, else the number. */
export function contactName(of: { first_name: string; last_name: string; phone: string }): string {
  return `${of.first_name} ${of.last_name}`.trim() || readablePhone(of.phone);
}
