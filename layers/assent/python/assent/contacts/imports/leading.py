"""Carrying an import of contacts out: the group that it leads to is there before it begins."""

from dataclasses import dataclass

from assent.accounts.model import Account
from assent.contacts.groups import service as group_service
from assent.contacts.groups import store as group_store
from assent.contacts.groups.model import folded
from assent.contacts.imports.choices import Choices
from assent.contacts.imports.model import Import, ImportState
from assent.contacts.imports.service import ImportService
from assent.platform.clock import Clock
from assent.platform.errors import Conflict


@dataclass
class ContactImportService:
    """Begins the real run of imports of contacts."""

    clock: Clock
    imports: ImportService

    def commit(self, account: Account, job: Import) -> Import:
        """Make the new group, if one was chosen, and begin; asked again, it makes no second one."""
        chosen = Choices.of(job)
        if job.state == ImportState.CHECKED and chosen.group_id:
            # It may be gone since it was chosen, and its people are nowhere else to be found.
            group_service.choosable(account.id, chosen.group_id)
        if job.state == ImportState.CHECKED and chosen.new_group and not chosen.group_id:
            group_id = self._group(account, chosen.new_group)
            chosen = chosen.model_copy(update={"group_id": group_id})
        return self.imports.commit(job, chosen.kept())

    def _group(self, account: Account, name: str) -> str:
        """Find or make the group of this name: it may have been made since it was chosen."""
        try:
            return group_service.create_group(account, name, self.clock).id
        except Conflict:
            wanted = folded(name)
            named = (one.id for one in group_store.groups(account.id) if folded(one.name) == wanted)
            found = next(named, None)
            if found is None:
                raise
            return found
