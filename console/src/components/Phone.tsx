/** Spaces a North American number for reading; any other is shown as it is. */
export function readablePhone(e164: string): string {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(e164);
  return parts ? `+1 ${parts.slice(1).join(' ')}` : e164;
}

export function Phone({ e164 }: { e164: string }) {
  return (
    <data value={e164} style={{ whiteSpace: 'nowrap' }}>
      {readablePhone(e164)}
    </data>
  );
}
