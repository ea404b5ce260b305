import { readablePhone } from '../../components/Phone';

export interface Named {
  first_name: string;
  last_name: string;
  phone: string;
}

/** What to call a contact: the name, else the number. */
export function contactName(of: Named): string {
  return `${of.first_name} ${of.last_name}`.trim() || readablePhone(of.phone);
}
