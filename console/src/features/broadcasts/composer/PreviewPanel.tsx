import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Broadcast } from '../../../api/types';
import { hasWordFor, wordFor } from '../../../app/i18n';
import { Section } from '../../../components/Page';
import { Failed } from '../../../components/States';
import { ContactPicker } from '../../contacts/ContactPicker';
import { CostLine } from '../CostLine';
import { usePreview, type Preview } from './api';
import classes from './Composer.module.css';

const TYPING_MS = 300;

interface Props {
  template: string;
  sender: string;
  channel: Broadcast['channel'];
}

/** The text as somebody gets it, how networks cut it, and what should be corrected. */
export function PreviewPanel({ template, sender, channel }: Props) {
  const { t } = useTranslation();
  const [contact, setContact] = useState<string | null>(null);
  const [settled] = useDebouncedValue(template, TYPING_MS);
  const preview = usePreview({ template: settled, sender, channel, contact: contact ?? '' });
  const empty = settled.trim() === '';
  return (
    <Section title={t('composer.preview')}>
      <div className={classes.stack}>
        <ContactPicker
          label={t(channel === 'voice' ? 'composer.previewCallAs' : 'composer.previewAs')}
          placeholder={t('composer.previewAnybody')}
          clearLabel={t('composer.previewClear')}
          value={contact}
          onChange={setContact}
        />
        {empty && <p className={classes.hint}>{t('composer.previewEmpty')}</p>}
        {!empty && preview.error && (
          <Failed error={preview.error} retry={() => void preview.refetch()} />
        )}
        {!empty && !preview.error && preview.data && (
          <>
            {channel === 'voice' ? (
              <Said preview={preview.data} />
            ) : (
              <p className={classes.bubble} data-testid="preview">
                {preview.data.text}
              </p>
            )}
            {channel === 'sms' && <Segments preview={preview.data} />}
            <CostLine cost={preview.data.cost} of="copy" />
            <Findings preview={preview.data} />
          </>
        )}
      </div>
    </Section>
  );
}

/** A character in a form that can be told apart: its sign and its number. */
function named(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `U+${code}`;
}

function Segments({ preview }: { preview: Preview }) {
  const { t } = useTranslation();
  const { segments, encoding, units, left, forced_by } = preview;
  return (
    <div role="status" className={classes.segments}>
      <p>
        <strong>{t('segments.count', { count: segments })}</strong>{' '}
        <span>{t('segments.detail', { units, left, encoding })}</span>
      </p>
      {forced_by.length > 0 && (
        <>
          <p>{t('segments.forced')}</p>
          <ul className={classes.characters}>
            {forced_by.map((character) => (
              <li key={character}>
                <code>{character}</code> <span>{named(character)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

/** A whole call as it is heard; the text is one of its lines. */
function Said({ preview: { said, text } }: { preview: Preview }) {
  const { t } = useTranslation();
  const lines = said ?? [];
  const own = lines.indexOf(text);
  return (
    <div>
      <ol className={classes.said} aria-label={t('composer.said')}>
        {lines.map((line, place) => (
          <li key={place} data-own={place === own || undefined}>
            {place === own ? <span data-testid="preview">{line}</span> : line}
          </li>
        ))}
      </ol>
      <p className={classes.hint}>{t('composer.saidWhy')}</p>
    </div>
  );
}

function Findings({ preview }: { preview: Preview }) {
  const { t } = useTranslation();
  const known = new Set(preview.problems.map(({ code }) => code));
  const found = [
    ...preview.problems.map((one) => ({ ...one, tone: 'bad' })),
    ...preview.warnings
      .filter(({ code }) => !known.has(code))
      .map((one) => ({ ...one, tone: 'warn' })),
  ];
  if (found.length === 0) return <p className={classes.hint}>{t('composer.nothingFound')}</p>;
  return (
    <ul className={classes.findings} aria-label={t('composer.findings')}>
      {found.map(({ code, message, about, tone }) => (
        <li key={`${code} ${about ?? ''}`} data-tone={tone}>
          <strong>{t(tone === 'bad' ? 'composer.mustFix' : 'composer.shouldFix')}</strong>{' '}
          {hasWordFor('finding', code) ? wordFor(t, 'finding', code, { about }) : message}
        </li>
      ))}
    </ul>
  );
}
