"""The demonstration district: people with a known truth, and their programs' exports."""

from demo.district import Summary, write_district
from demo.exports import DEFAULT_PROGRAMS, PROGRAMS
from demo.rates import Rates

__all__ = ["DEFAULT_PROGRAMS", "PROGRAMS", "Rates", "Summary", "write_district"]
