import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Chain, ConsentContact, ProofCheck } from '../../api/consent';
import { useAccess } from '../../app/access';
import { wordFor } from '../../app/i18n';
import { announce } from '../../app/announce';
import { save } from '../../app/saveFile';
import { tellFailed } from '../../app/toast';
import { Icon } from '../../components/Icon';
import { Section } from '../../components/Page';
import { Pill } from '../../components/Pill';
import { Time } from '../../components/Time';
import { useProofCheck, useProofPack } from './api';
import classes from './ContactPage.module.css';

/** What can be shown to somebody who doubts: the pack, and whether every record still fits. */
export function ProofSection({ contact }: { contact: ConsentContact }) {
  const { t } = useTranslation();
  const { can } = useAccess();
  const pack = useProofPack(contact.id);
  const check = useProofCheck(contact.id);
  const onError = (error: Error) => {
    tellFailed(t, error);
  };
  return (
    <Section title={t('proof.title')}>
      <p className={classes.note}>{t('proof.what')}</p>
      <div className={classes.buttons}>
        {can('proof.export') && (
          <Button
            variant="default"
            size="xs"
            leftSection={<Icon name="download" size={14} />}
            loading={pack.isPending}
            onClick={() => {
              pack.mutate(undefined, {
                onSuccess: (file) => {
                  save([file], `proof-${contact.id}.zip`, 'application/zip');
                  announce(t('proof.downloaded'));
                },
                onError,
              });
            }}
          >
            {t('proof.download')}
          </Button>
        )}
        <Button
          variant="default"
          size="xs"
          leftSection={<Icon name="shield" size={14} />}
          loading={check.isPending}
          onClick={() => {
            check.mutate(undefined, {
              onSuccess: ({ chains }) => {
                announce(t(chains.every(holds) ? 'proof.allWell' : 'proof.notWell'));
              },
              onError,
            });
          }}
        >
          {t('proof.check')}
        </Button>
      </div>
      {check.data && <Findings found={check.data} />}
    </Section>
  );
}

function holds({ ok, state_matches: matches }: Chain): boolean {
  return ok && matches;
}

function Findings({ found }: { found: ProofCheck }) {
  const { t } = useTranslation();
  const well = found.chains.every(holds);
  return (
    <div className={classes.findings}>
      <p className={classes.verdict} data-well={well}>
        <Icon name={well ? 'check' : 'warning'} size={16} />
        {t(well ? 'proof.allWell' : 'proof.notWell')}
      </p>
      {found.chains.length === 0 && <p className={classes.note}>{t('proof.none')}</p>}
      <ul className={classes.chains}>
        {found.chains.map((chain) => (
          <li key={chain.owner}>
            <div className={classes.chainHead}>
              <span className={classes.chainTitle}>{chain.title}</span>
              <span className={classes.kind}>{t('proof.events', { count: chain.events })}</span>
            </div>
            <div className={classes.pills}>
              <Pill tone={chain.ok ? 'ok' : 'bad'}>
                {t(chain.ok ? 'proof.intact' : 'proof.broken')}
              </Pill>
              <Pill tone={chain.state_matches ? 'ok' : 'bad'}>
                {t(chain.state_matches ? 'proof.matches' : 'proof.differs')}
              </Pill>
            </div>
            {chain.fault && <FaultLine fault={chain.fault} />}
          </li>
        ))}
      </ul>
      <p className={classes.kind}>
        {t('proof.checkedAt')} <Time at={found.checked_at} />
      </p>
    </div>
  );
}

/** Which event is wrong and how; a fault that is not known here is told in the API's words. */
function FaultLine({ fault }: { fault: NonNullable<Chain['fault']> }) {
  const { t, i18n } = useTranslation();
  const known = i18n.exists(`codes.fault.${fault.code}`);
  return (
    <p className={classes.fault}>
      {known
        ? t('proof.fault', { sequence: fault.sequence, what: wordFor(t, 'fault', fault.code) })
        : fault.message}
      {fault.field && <> ({fault.field})</>}
    </p>
  );
}
