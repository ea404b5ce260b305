import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/problem';
import { useAccess } from '../../app/access';
import { Notice } from '../../components/Notice';
import { Page } from '../../components/Page';
import { Failed, Loading } from '../../components/States';
import { useBroadcast } from './api';
import { Composer } from './composer/Composer';

/** A broadcast that is new. */
export function ComposerPage() {
  const { t } = useTranslation();
  const { can } = useAccess();
  return (
    <Page title={t('broadcasts.new')} lead={t('composer.lead')}>
      {can('broadcasts.send') ? (
        <Composer existing={null} />
      ) : (
        <Failed error={new ApiError(403, null)} />
      )}
    </Page>
  );
}

/** A broadcast that has not started, to be changed. */
export function EditPage() {
  const { t } = useTranslation();
  const { can, settings } = useAccess();
  const { broadcastId } = useParams({ from: '/broadcasts/$broadcastId/edit' });
  const query = useBroadcast(broadcastId);
  // Its time is shown in the account's zone, which the settings name.
  const broadcast = settings && query.data;
  const error = can('broadcasts.send') ? query.error : new ApiError(403, null);
  const started = broadcast && broadcast.state !== 'draft' && broadcast.state !== 'scheduled';
  return (
    <Page
      title={broadcast ? t('composer.edit', { name: broadcast.name }) : t('broadcasts.one')}
      lead={t('composer.lead')}
    >
      {error && !broadcast && <Failed error={error} retry={() => void query.refetch()} />}
      {!error && !broadcast && <Loading rows={8} />}
      {started && (
        <Notice tone="warn" title={t('composer.startedAlready')}>
          {t('composer.startedAlreadyWhy')}
        </Notice>
      )}
      {broadcast && !started && !error && <Composer key={broadcast.id} existing={broadcast} />}
    </Page>
  );
}
