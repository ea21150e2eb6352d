"""An MCP server of a few lines, and what a client says to it."""

RESOURCE = "https://mcp.example/mcp"
METADATA = "/.well-known/oauth-protected-resource/mcp"
TOLD = f'resource_metadata="https://mcp.example{METADATA}"'
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
GOOD = {"Authorization": "Bearer good"}


def use(tool):
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": {}}}


class Server:
    """An MCP server that remembers what reached it."""

    def __init__(self, *headers):
        self.calls = []
        self.headers = list(headers)

    async def __call__(self, scope, receive, send):
        message = await receive()
        self.calls.append((scope, message.get("body")))
        await send({"type": "http.response.start", "status": 200, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"done"})
