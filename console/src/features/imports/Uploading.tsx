import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { explain } from '../../app/explain';
import { Notice } from '../../components/Notice';
import { FileField } from './FileField';
import { useFileSize } from './fileSize';
import { JobProgress } from './JobProgress';
import type { AnyImport, ImportKind } from './routes';
import { startUpload, useUpload } from './upload';
import formClasses from '../../components/Form.module.css';

/** How far the file has been sent; a way to go on where it was interrupted. */
export function Uploading({ kind, one }: { kind: ImportKind; one: AnyImport }) {
  const { t } = useTranslation();
  const size = useFileSize();
  const upload = useUpload(one.id);
  const [wrong, setWrong] = useState(false);
  if (!upload) {
    return (
      <>
        <p className={formClasses.text}>{t('optOutImport.interrupted')}</p>
        <FileField
          label={t('optOutImport.sameFile')}
          hint={`${one.file_name} · ${size(one.size)}`}
          file={null}
          error={wrong ? t('optOutImport.otherFile') : undefined}
          onChange={(file) => {
            setWrong(file?.size !== one.size);
            if (file?.size === one.size) startUpload(kind, one, file);
          }}
        />
      </>
    );
  }
  const { file, sent, error } = upload;
  return (
    <>
      {error && (
        <Notice tone="bad" title={explain(t, error).title}>
          {explain(t, error).cause}{' '}
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => {
              startUpload(kind, one, file);
            }}
          >
            {t('common.retry')}
          </Button>
        </Notice>
      )}
      <JobProgress
        label={t('optOutImport.uploading')}
        done={sent}
        total={file.size}
        words={t('optOutImport.sent', { sent: size(sent), total: size(file.size) })}
      />
      <p className={formClasses.text}>{t('optOutImport.keepOpen')}</p>
    </>
  );
}
