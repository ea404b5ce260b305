import { Button, Group, MultiSelect, Radio, Textarea, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Notice } from '../../components/Notice';
import { ApiError } from '../../api/problem';
import { useAccess } from '../../app/access';
import { explain } from '../../app/explain';
import { tellDone } from '../../app/toast';
import { utcToZoned, zonedToUtc } from '../../app/zonedTime';
import { Page, Section } from '../../components/Page';
import { Failed } from '../../components/States';
import { useGroups } from '../groups/api';
import { useSendBroadcast } from './api';

type When = 'now' | 'at';

const AN_HOUR = 3_600_000;

/** A broadcast in one form: to whom, what, when. */
export function ComposerPage() {
  const { t } = useTranslation();
  const { can, timeZone } = useAccess();
  const navigate = useNavigate();
  const groups = useGroups();
  const send = useSendBroadcast();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string[]>([]);
  const [template, setTemplate] = useState('');
  const [when, setWhen] = useState<When>('now');
  const [wall, setWall] = useState('');

  const problem = send.error instanceof ApiError ? send.error : null;
  const at = when === 'now' ? null : zonedToUtc(wall, timeZone);
  const complete =
    name.trim() !== '' &&
    chosen.length > 0 &&
    template.trim() !== '' &&
    (when === 'now' || at !== null);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    send.mutate(
      { name: name.trim(), groups: chosen, template, at },
      {
        onSuccess: (broadcast) => {
          tellDone(
            t,
            t(when === 'now' ? 'composer.started' : 'composer.scheduled', {
              name: broadcast.name,
            }),
          );
          void navigate({
            to: '/broadcasts/$broadcastId',
            params: { broadcastId: broadcast.id },
          });
        },
      },
    );
  };

  if (!can('broadcasts.send')) {
    return (
      <Page title={t('broadcasts.new')} width="narrow">
        <Failed error={new ApiError(403, null)} />
      </Page>
    );
  }
  return (
    <Page title={t('broadcasts.new')} lead={t('composer.lead')} width="narrow">
      <form onSubmit={submit}>
        <Section title={t('composer.title')}>
          <Group gap="md" style={{ flexDirection: 'column', alignItems: 'stretch' }}>
            {send.error && (
              <Notice tone="bad" title={explain(t, send.error).title}>
                {explain(t, send.error).cause}
              </Notice>
            )}
            <TextInput
              label={t('composer.name')}
              description={t('composer.nameWhy')}
              value={name}
              required
              maxLength={100}
              error={problem?.field('name')}
              onChange={(event) => {
                setName(event.currentTarget.value);
              }}
            />
            <MultiSelect
              label={t('composer.groups')}
              description={t('composer.groupsWhy')}
              data={groups.items.map((group) => ({ value: group.id, label: group.name }))}
              value={chosen}
              onChange={setChosen}
              required
              searchable
              nothingFoundMessage={t('composer.noGroups')}
              error={problem?.field('groups')}
            />
            <Textarea
              label={t('composer.text')}
              description={t('composer.textWhy')}
              value={template}
              required
              autosize
              minRows={4}
              maxLength={1_600}
              error={problem?.field('template')}
              onChange={(event) => {
                setTemplate(event.currentTarget.value);
              }}
            />
            <Radio.Group
              label={t('composer.when')}
              value={when}
              onChange={(value) => {
                setWhen(value);
                // Only now is the account's time zone sure to be known.
                if (!wall) setWall(utcToZoned(new Date(Date.now() + AN_HOUR), timeZone));
              }}
            >
              <Group gap="lg" mt="xs">
                <Radio value="now" label={t('composer.now')} />
                <Radio value="at" label={t('composer.at')} />
              </Group>
            </Radio.Group>
            {when === 'at' && (
              <TextInput
                type="datetime-local"
                label={t('composer.time', { zone: timeZone })}
                value={wall}
                required
                maw={280}
                error={problem?.field('at')}
                onChange={(event) => {
                  setWall(event.currentTarget.value);
                }}
              />
            )}
            <Group justify="flex-end" gap="xs">
              <Button component={Link} to="/broadcasts" variant="default">
                {t('common.cancel')}
              </Button>
              <Button type="submit" disabled={!complete} loading={send.isPending}>
                {t(when === 'now' ? 'composer.send' : 'composer.schedule')}
              </Button>
            </Group>
          </Group>
        </Section>
      </form>
    </Page>
  );
}
