import { Button } from '@mantine/core';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/Icon';
import { useFileSize } from './fileSize';
import classes from './Imports.module.css';
import formClasses from '../../components/Form.module.css';

const ACCEPTED = '.csv,.txt,.tsv,text/csv,text/plain';

interface Props {
  label: string;
  hint: string;
  file: File | null;
  error?: string | undefined;
  onChange: (file: File | null) => void;
}

/** A file dropped anywhere on the page is taken, since a missed target would open it instead. */
function useDrop(take: (file: File) => void): boolean {
  const [over, setOver] = useState(false);
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  useEffect(() => {
    const isFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const onOver = (event: DragEvent) => {
      if (!isFile(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      if (!isFile(event)) return;
      event.preventDefault();
      setOver(false);
      const [file] = event.dataTransfer?.files ?? [];
      if (file) latest.current(file);
    };
    document.addEventListener('dragover', onOver);
    document.addEventListener('dragleave', onLeave);
    document.addEventListener('drop', onDrop);
    return () => {
      document.removeEventListener('dragover', onOver);
      document.removeEventListener('dragleave', onLeave);
      document.removeEventListener('drop', onDrop);
    };
  }, []);
  return over;
}

/** One file, chosen or dropped. */
export function FileField({ label, hint, file, error, onChange }: Props) {
  const { t } = useTranslation();
  const size = useFileSize();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const over = useDrop(onChange);
  return (
    <div>
      <div className={classes.drop} data-over={over} data-error={Boolean(error)}>
        <Icon name="upload" size={22} />
        <div className={classes.dropText}>
          <label htmlFor={id} className={classes.dropLabel}>
            {label}
          </label>
          <div id={`${id}-hint`} className={formClasses.small}>
            {file ? `${file.name} · ${size(file.size)}` : hint}
          </div>
        </div>
        <input
          ref={input}
          id={id}
          type="file"
          accept={ACCEPTED}
          className="visually-hidden"
          aria-describedby={error ? `${id}-hint ${id}-error` : `${id}-hint`}
          aria-invalid={Boolean(error)}
          onChange={(event) => {
            const [chosen] = event.currentTarget.files ?? [];
            if (chosen) onChange(chosen);
            // The same file can be chosen again after it was corrected.
            event.currentTarget.value = '';
          }}
        />
        <Button
          variant="default"
          size="xs"
          // The field itself is in the tab order and opens the same chooser.
          tabIndex={-1}
          aria-hidden
          onClick={() => input.current?.click()}
        >
          {t(file ? 'optOutImport.another' : 'optOutImport.choose')}
        </Button>
      </div>
      {error && (
        <div id={`${id}-error`} className={classes.fieldError}>
          {error}
        </div>
      )}
    </div>
  );
}
