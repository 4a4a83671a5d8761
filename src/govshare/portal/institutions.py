"""The modules in which pages of organizations, people and their certificates are declared."""

from types import ModuleType

from govshare.portal.bodies import pages as bodies
from govshare.portal.certificates import pages as certificates
from govshare.portal.certificates import trust
from govshare.portal.filings import pages as filings
from govshare.portal.me import pages as me
from govshare.portal.notices import pages as notices
from govshare.portal.people import importing
from govshare.portal.people import pages as people
from govshare.portal.start import pages as start
from govshare.portal.systems import pages as systems

MODULES: tuple[ModuleType, ...] = (bodies, people, importing, filings, systems, certificates, trust, start, notices, me)
