import type { Doubt } from '../../api/consent';
import { readablePhone } from '../../components/Phone';

/** What to call who wrote: the contact's name, else the number. */
export function calledBy({ contact_name: name, phone }: Doubt): string {
  return name || readablePhone(phone);
}
