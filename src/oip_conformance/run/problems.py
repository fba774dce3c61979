"""What can keep a run from happening: coded errors, each with its next step and the exit code it leads to.

RUN-01  no key in the environment            RUN-05  the key was refused
RUN-02  an unknown class                     RUN-06  the output directory cannot be used
RUN-03  an unknown requirement or operation  RUN-07  nothing matches the selection
RUN-04  the embedded server did not start    RUN-08  the target URL cannot be used
RUN-09  a budget for a level that takes none RUN-10  nothing of the API answers at the target
RUN-11  the suite itself cannot be read      RUN-12  the system refuses a file: its name, its rights, its room
"""

from __future__ import annotations

from dataclasses import dataclass

from oip_conformance.verdict.state import ExitCode


@dataclass
class RunProblem(Exception):
    """A reason why there is no run."""

    code: str
    message: str
    hint: str
    exit_code: int = ExitCode.WRONG_USE

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
