"""The last line of defence: whatever goes wrong is told in a sentence with its next step, never as a traceback."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Callable

from rich.console import Console

from oip_conformance import __version__
from oip_conformance.certificate import CertificateError
from oip_conformance.contract import ContractError
from oip_conformance.evidence import EvidenceError
from oip_conformance.profile import ProfileError
from oip_conformance.run.problems import RunProblem
from oip_conformance.session.interrupts import signals_interrupt
from oip_conformance.verdict.results import ResultsError
from oip_conformance.verdict.state import ExitCode
from oip_conformance.verdict.waivers import WaiverError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_INTERRUPTED = 130
"""What the command line library ends with when Ctrl-C comes before a run has begun."""


def guarded(command: Callable[[], object]) -> None:
    """Run the command line; end with the documented exit code whatever happens."""
    errors = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        with signals_interrupt():
            command()
    except ProfileError as problem:
        errors.print(f"[bold red]{problem.name} cannot be used:[/]", markup=True)
        for one in problem.problems:
            errors.print(f"  {one}", markup=False)
        raise SystemExit(ExitCode.WRONG_USE) from None
    except (ContractError, WaiverError) as problem:
        errors.print(f"{problem.code}: {problem.message}", markup=False, style="bold red")
        for cause in problem.causes:
            errors.print(f"  {cause}", markup=False)
        errors.print(problem.hint, markup=False)
        raise SystemExit(ExitCode.WRONG_USE) from None
    except RunProblem as problem:
        errors.print(f"{problem.code}: {problem.message}", markup=False, style="bold red")
        errors.print(problem.hint, markup=False)
        raise SystemExit(problem.exit_code) from None
    except (EvidenceError, ResultsError, CertificateError) as problem:
        errors.print(f"{problem.code}: {problem.message}", markup=False, style="bold red")
        errors.print(problem.hint, markup=False)
        raise SystemExit(ExitCode.WRONG_USE) from None
    except KeyboardInterrupt:
        errors.print("Interrupted.")
        raise SystemExit(ExitCode.INCOMPLETE) from None
    except SystemExit as ending:
        if ending.code != _INTERRUPTED:
            raise
        errors.print("Interrupted.")
        raise SystemExit(ExitCode.INCOMPLETE) from None
    except OSError as problem:
        if problem.filename is None and problem.errno not in _FULL:
            raise SystemExit(_mistaken(problem, errors)) from None
        named = os.fsdecode(problem.filename) if isinstance(problem.filename, str | bytes) else "a file"
        errors.print(f"RUN-12: {named} cannot be used: {problem.strerror}.", markup=False, style="bold red")
        errors.print("Check the path, who may read and write it, and the room that is left there.", markup=False)
        _trace()
        raise SystemExit(ExitCode.WRONG_USE) from None
    except Exception as problem:
        raise SystemExit(_mistaken(problem, errors)) from None


def _mistaken(problem: Exception, errors: Console) -> int:
    """Say that the suite itself failed; returns the exit code of that."""
    errors.print(f"The suite itself failed: {type(problem).__name__}: {problem}", markup=False, style="bold red")
    errors.print(f"This is a mistake in oip-conformance {__version__}; OIP_DEBUG=1 shows where.", markup=False)
    _trace()
    return ExitCode.SUITE_ERROR


def _trace() -> None:
    if os.environ.get("OIP_DEBUG"):
        traceback.print_exc(file=sys.stderr)
