"""Guard for MCP servers (Model Context Protocol, Authorization, revision 2026-07-28)."""

from oauth_provider.resource_server.mcp.demand import Demand, demand
from oauth_provider.resource_server.mcp.mcp_guard import App, McpGuard, guard

__all__ = ["App", "Demand", "McpGuard", "demand", "guard"]
