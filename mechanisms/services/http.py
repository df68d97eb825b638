"""The orchestrator over HTTP, with FastAPI (`pip install 'mechanism-verifier[service]'`).

An agent is who its key says, in the header X-Key: requests name no agent, so that none acts for another. Everything
that changes something is answered once it is on the disk, many at a time by one commit.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from fastapi import Depends, FastAPI, Header, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from mechanisms.allocation.priority import Priority
from mechanisms.services.group_commit import GroupCommit
from mechanisms.services.ledger import Ledger, LedgerError
from mechanisms.services.orchestrator import Orchestrator, Refused, Terms
from mechanisms.services.registry import OPERATOR, Registry

Result = TypeVar("Result")
_MOST = 10**12  # of any amount that is sent


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False)


class BidIn(_Strict):
    """A bid in the next auction."""

    tokens: int = Field(ge=0, le=_MOST, description="How many are wanted.")
    max_price: int = Field(ge=0, le=_MOST, description="The most for each, in units of virtual currency.")
    urgency: Priority = Field(Priority.NORMAL, description="Breaks ties.")


class RequestIn(_Strict):
    """A request between auctions."""

    tokens: int = Field(ge=1, le=_MOST)
    max_price: int = Field(ge=0, le=_MOST)
    urgency: Priority = Priority.NORMAL
    key: str = Field(min_length=1, max_length=100, pattern=r"^[!-~]+$", description="The same key is granted once.")


class UsageIn(_Strict):
    """Tokens that are about to be used."""

    tokens: int = Field(ge=0, le=_MOST)


def milliseconds() -> int:
    """The clock of the service."""
    return time.time_ns() // 1_000_000


def service(ledger: Ledger, terms: Terms, registry: Registry, clock: Callable[[], int] = milliseconds) -> FastAPI:
    """The application. It closes nothing but its own thread: the ledger is its caller's."""
    orchestrator = Orchestrator(ledger, terms, registry.agents, now=clock())
    group = GroupCommit(ledger)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(group.close)

    app = FastAPI(title="Tokens for agents", version="1", lifespan=lifespan)

    async def written(work: Callable[[], Result]) -> Result:
        return await asyncio.wrap_future(group.submit(work))

    async def anybody(x_key: str | None = Header(None)) -> str:
        who = None if x_key is None else registry.who(x_key)
        if who is None:
            raise HTTPException(401, "show your key in the header X-Key")
        return who

    async def an_agent(who: str = Depends(anybody)) -> str:
        if who == OPERATOR:
            raise HTTPException(403, "the operator holds no tokens")
        return who

    async def the_operator(who: str = Depends(anybody)) -> str:
        if who != OPERATOR:
            raise HTTPException(403, "auctions are closed by the operator")
        return who

    problems: dict[int | str, dict[str, Any]] = {
        status: {"description": text}
        for status, text in ((401, "No key, or nobody's."), (403, "Not yours to do."), (409, "Not possible now."))
    }

    @app.exception_handler(Refused)
    async def _refused(_: Request, problem: Exception) -> JSONResponse:
        return JSONResponse({"detail": str(problem)}, 409)

    @app.exception_handler(LedgerError)
    async def _unwritten(_: Request, problem: Exception) -> JSONResponse:
        return JSONResponse({"detail": str(problem)}, 503)

    @app.post("/bids", status_code=202, responses=problems)
    async def bid(told: BidIn, who: str = Depends(an_agent)) -> dict[str, Any]:
        await written(lambda: orchestrator.bid(who, told.tokens, told.max_price, told.urgency))
        return {"agent": who, "tokens": told.tokens, "max_price": told.max_price}

    @app.post("/auctions", responses=problems)
    async def close(_: str = Depends(the_operator)) -> dict[str, Any]:
        return dict(await written(lambda: orchestrator.close(clock())))

    @app.post("/requests", responses=problems)
    async def request(told: RequestIn, who: str = Depends(an_agent)) -> dict[str, Any]:
        asked = (who, told.tokens, told.max_price, told.urgency, told.key)
        return dict(await written(lambda: orchestrator.request(*asked, clock())))

    @app.post("/usage", responses=problems)
    async def use(told: UsageIn, who: str = Depends(an_agent)) -> dict[str, Any]:
        return {"allowed": await written(lambda: orchestrator.use(who, told.tokens, clock()))}

    @app.get("/allocation", responses=problems)
    async def allocation(who: str = Depends(an_agent)) -> dict[str, Any]:
        return await written(lambda: {"tokens": orchestrator.held(who), "balance": orchestrator.billing.balance(who)})

    @app.get("/ledger", responses=problems)
    async def entries(
        _: str = Depends(anybody),
        after: int = Query(0, ge=0, le=_MOST),
        limit: int = Query(100, ge=1, le=1_000),
    ) -> dict[str, Any]:
        found = await written(lambda: [one for one, _ in zip(ledger.entries(after), range(limit), strict=False)])
        told = [
            {name: getattr(one, name) for name in ("sequence", "time", "kind", "body", "previous", "hash")}
            for one in found
        ]
        return {"entries": told, "head": await written(ledger.head)}

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "up"}

    return app
