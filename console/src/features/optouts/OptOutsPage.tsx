import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/problem';
import { useAccess } from '../../app/access';
import { Icon } from '../../components/Icon';
import { LoadMore } from '../../components/LoadMore';
import { Page, Section } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/States';
import { useSearchText } from '../../components/useSearchText';
import { useExportOptOuts } from '../exports/api';
import { ExportButton } from '../exports/ExportButton';
import { AddDialog } from './AddDialog';
import { useOptOuts } from './api';
import { isFiltered, optOutFilter, optOutSearch, type OptOutSearch } from './filters';
import { OptOutFilters } from './OptOutFilters';
import { OptOutTable } from './OptOutTable';
import { RemoveDialog } from './RemoveDialog';
import type { OptOut } from './routes';

/** Every number that must not be written to or called, why, and what can be done about it. */
export function OptOutsPage() {
  const { t } = useTranslation();
  const { can, timeZone } = useAccess();
  const navigate = useNavigate();
  const search = useSearch({ from: '/opt-outs' });
  const number = useSearchText('opt-outs');
  const { asked } = number;
  const filter = useMemo(() => optOutFilter(search, asked, timeZone), [search, asked, timeZone]);
  const list = useOptOuts(filter);
  const startExport = useExportOptOuts();
  const [adding, addDialog] = useDisclosure(false);
  const [removing, setRemoving] = useState<OptOut | null>(null);
  const table = useRef<HTMLDivElement>(null);
  const mayEdit = can('opt_outs.edit');
  const mayImport = can('opt_outs.import');
  const filtered = isFiltered(search) || asked !== '';
  // Half a number while it is typed: said in words, not as a fault of the page.
  const wrongNumber = list.error instanceof ApiError ? list.error.field('number') : undefined;
  const nothing = !list.isPending && !list.error && list.items.length === 0;

  const show = (next: OptOutSearch) =>
    void navigate({
      to: '/opt-outs',
      search: optOutSearch({ ...next }),
      replace: true,
      resetScroll: false,
    });
  const clear = () => {
    number.ask('');
    show({});
  };
  const add = mayEdit && (
    <Button leftSection={<Icon name="plus" size={16} />} onClick={addDialog.open}>
      {t('optOuts.add')}
    </Button>
  );
  const toImports = mayImport && (
    <Button
      component={Link}
      to="/opt-outs/imports"
      variant="default"
      leftSection={<Icon name="upload" size={16} />}
    >
      {t('optOuts.import')}
    </Button>
  );

  return (
    <Page
      title={t('nav.optOuts')}
      lead={t('optOuts.lead')}
      width="full"
      actions={
        <>
          <ExportButton
            start={startExport}
            body={filter}
            label={t(filtered ? 'optOuts.exportMatching' : 'optOuts.export')}
            disabled={list.error !== null || (nothing && !list.hasMore)}
          />
          {toImports}
          {add}
        </>
      }
    >
      <OptOutFilters
        search={search}
        number={number}
        wrongNumber={Boolean(wrongNumber)}
        onChange={show}
        onClear={clear}
      />
      <Section title={t('optOuts.all')} flush>
        {list.isPending && <Loading rows={6} />}
        {wrongNumber && (
          <Empty icon="search" title={t('optOuts.notANumber')}>
            {wrongNumber}
          </Empty>
        )}
        {list.error && !wrongNumber && <Failed error={list.error} retry={list.retry} />}
        {nothing && !filtered && !list.hasMore && (
          <Empty
            icon="optOuts"
            title={t('optOuts.empty')}
            action={
              (add || toImports) && (
                <>
                  {toImports}
                  {add}
                </>
              )
            }
          >
            {t('optOuts.emptyWhy')}
          </Empty>
        )}
        {nothing && (filtered || list.hasMore) && (
          <Empty
            icon="search"
            title={t(list.hasMore ? 'optOuts.notYet' : 'optOuts.noMatch')}
            action={
              filtered && (
                <Button variant="default" onClick={clear}>
                  {t('optOuts.clear')}
                </Button>
              )
            }
          >
            {t(list.hasMore ? 'optOuts.notYetWhy' : 'optOuts.noMatchWhy')}
          </Empty>
        )}
        {list.items.length > 0 && (
          <OptOutTable
            ref={table}
            optOuts={list.items}
            onRemove={mayEdit ? setRemoving : undefined}
          />
        )}
        <LoadMore pages={list} />
      </Section>
      <AddDialog opened={adding} onClose={addDialog.close} />
      <RemoveDialog
        optOut={removing}
        onClose={() => {
          setRemoving(null);
        }}
        onRemoved={() => {
          setRemoving(null);
        }}
        // The row with the button is going: the list gets the focus, or the page when it is empty.
        onGone={() => (table.current ?? document.getElementById('main'))?.focus()}
      />
    </Page>
  );
}
