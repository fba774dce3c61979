"""Tenancy: accounts, how a profile configures them, and the systems that stand behind them."""

from oip_reference.tenancy.tenant import Tenant

__all__ = ["Tenant"]
