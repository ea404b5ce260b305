import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { useAccess } from '../../app/access';
import { announce } from '../../app/announce';
import { useConfig } from '../../app/config';
import { Icon } from '../../components/Icon';
import { Page } from '../../components/Page';
import { Failed } from '../../components/States';
import { contactName } from '../contacts/name';
import { useIntegrations } from '../integrations/api';
import { formUrl } from '../integrations/snippet';
import { MoveDialog } from '../queue/MoveDialog';
import { Refusals } from '../queue/Refusals';
import { useMove } from '../queue/useMove';
import { restart, STEPS, type Guide, type Step } from './guide';
import { StepItem } from './StepItem';
import classes from './TryIt.module.css';
import { useWatch } from './useWatch';

/** Says each step that was just ticked, for people who do not see the tick. */
function useAnnouncedSteps(guide: Guide | null): void {
  const { t } = useTranslation();
  const last = useRef(guide?.done.length ?? 0);
  useEffect(() => {
    const done = guide?.done ?? [];
    const newest = done.at(-1);
    if (newest && done.length > last.current) {
      announce(t('tryit.ticked', { step: t(`tryit.${newest}.title`) }));
    }
    last.current = done.length;
  }, [guide, t]);
}

/** The guided first run: a lead from a phone, through the queue, to STOP. */
export function TryItPage() {
  const { t } = useTranslation();
  const { account } = useAccess();
  const { stage } = useConfig();
  const { guide, overview, lead } = useWatch(account.id);
  const handset = stage === 'local';
  useAnnouncedSteps(guide);

  const done = guide?.done ?? [];
  const next = STEPS.find((step) => !done.includes(step));
  const sender = overview.data?.senders[0];
  return (
    <Page
      title={t('tryit.title')}
      lead={t(handset ? 'tryit.leadHandset' : 'tryit.lead')}
      actions={
        <Button variant="default" onClick={restart}>
          {t('tryit.restart')}
        </Button>
      }
    >
      <div className={classes.columns} data-handset={handset}>
        <div className={classes.guide}>
          {!overview.data && overview.error && (
            <Failed error={overview.error} retry={() => void overview.refetch()} />
          )}
          <ol className={classes.steps}>
            {STEPS.map((step, index) => (
              <StepItem
                key={step}
                number={index + 1}
                title={t(`tryit.${step}.title`)}
                done={done.includes(step)}
                current={step === next}
              >
                <StepBody step={step} guide={guide} lead={lead} program={sender?.program_name} />
              </StepItem>
            ))}
          </ol>
          {next === undefined && (
            <div className={classes.finished} role="status">
              <h2>{t('tryit.finished')}</h2>
              <p>{t('tryit.finishedText')}</p>
              {guide?.contactId && (
                <Button
                  component={Link}
                  to={`/contacts/${guide.contactId}`}
                  rightSection={<Icon name="arrow" size={16} />}
                >
                  {t('tryit.profile')}
                </Button>
              )}
            </div>
          )}
        </div>
        {handset && (
          <div className={classes.handset}>
            <iframe src="/phone" title={t('tryit.handset')} className={classes.frame} />
          </div>
        )}
      </div>
    </Page>
  );
}

interface BodyProps {
  step: Step;
  guide: Guide | null;
  lead: ReturnType<typeof useWatch>['lead'];
  program: string | undefined;
}

function StepBody({ step, guide, lead, program }: BodyProps) {
  const { t } = useTranslation();
  const { stage } = useConfig();
  const phone = t(stage === 'local' ? 'tryit.thisPhone' : 'tryit.yourPhone');
  switch (step) {
    case 'send':
      return <SendBody phone={phone} />;
    case 'answer':
      return (
        <p>
          <Trans
            t={t}
            i18nKey="tryit.answer.text"
            values={{ program: program ?? 'Assent' }}
            components={{ b: <strong /> }}
          />
        </p>
      );
    case 'arrive':
      return (
        <p>{lead ? t('tryit.arrive.here', { name: contactName(lead) }) : t('tryit.arrive.text')}</p>
      );
    case 'move':
      return <MoveBody guide={guide} lead={lead} />;
    case 'stop':
      return (
        <p>
          <Trans t={t} i18nKey="tryit.stop.text" components={{ b: <strong /> }} />
        </p>
      );
  }
}

function SendBody({ phone }: { phone: string }) {
  const { t } = useTranslation();
  const integrations = useIntegrations();
  const form = integrations.items.find(({ state }) => state === 'active');
  return (
    <>
      <p>{t('tryit.send.text', { phone })}</p>
      {form && (
        <Button
          component="a"
          href={formUrl(form)}
          target="_blank"
          rel="noreferrer"
          size="xs"
          variant="default"
          rightSection={<Icon name="external" size={14} />}
        >
          {t('tryit.send.action')}
          <span className="visually-hidden"> {t('common.newTab')}</span>
        </Button>
      )}
      {!form && !integrations.isPending && (
        <p>
          {t('tryit.send.noForm')} <Link to="/integrations">{t('nav.integrations')}</Link>
        </p>
      )}
    </>
  );
}

function MoveBody({ guide, lead }: Pick<BodyProps, 'guide' | 'lead'>) {
  const { t } = useTranslation();
  const { can } = useAccess();
  const [choosing, dialog] = useDisclosure(false);
  const { moving, refusals, dismiss, move } = useMove();
  const tooEarly = guide?.done.includes('stop') && !guide.done.includes('move');
  if (tooEarly) return <p>{t('tryit.move.tooEarly')}</p>;
  return (
    <>
      <p>{t('tryit.move.text')}</p>
      {lead && can('queue.move') && (
        <Button size="xs" loading={moving.has(lead.contact_id)} onClick={dialog.open}>
          {t('tryit.move.action', { name: contactName(lead) })}
        </Button>
      )}{' '}
      <Button component={Link} to="/queue" size="xs" variant="default">
        {t('tryit.move.queue')}
      </Button>
      <Refusals refusals={refusals} onClose={dismiss} />
      {lead && (
        <MoveDialog
          count={1}
          opened={choosing}
          onClose={dialog.close}
          onMove={(to) => {
            dialog.close();
            void move([lead], to);
          }}
        />
      )}
    </>
  );
}
