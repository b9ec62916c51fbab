"""Logging in by a code that is sent to an e-mail address."""

from __future__ import annotations

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from quantgpt.faces.rest.access import AddressDep, CallerDep, DoorDep, RestDep
from quantgpt.faces.rest.wire import Text, moment
from quantgpt.foundations.errors import Unauthenticated
from quantgpt.records import User
from quantgpt.services import accounts
from quantgpt.services.tokens import NOBODY

router = APIRouter(prefix="/auth", tags=["auth"])
LETTERS_AT_ONCE = 8
_office: RunVar[CapacityLimiter] = RunVar("letters at once")


class SendCodeBody(BaseModel):
    """POST /auth/send-code."""

    model_config = ConfigDict(json_schema_extra={"example": {"email": "user@example.com"}})

    email: Text = Field(description="邮箱")


class VerifyCodeBody(BaseModel):
    """POST /auth/verify-code."""

    model_config = ConfigDict(json_schema_extra={"example": {"email": "user@example.com", "code": "123456"}})

    email: Text = Field(description="邮箱")
    code: Text = Field(description="6 位验证码")


class RefreshBody(BaseModel):
    """POST /auth/refresh."""

    refresh_token: Text = Field(description="登录时得到的 refresh token")


class CodeSent(BaseModel):
    """A code is on its way."""

    message: str
    expires_in: int


class UserObject(BaseModel):
    """One user."""

    id: str
    email: str
    nickname: str | None
    created_at: str | None = Field(description="UTC, YYYY-MM-DDTHH:MM:SS")

    @classmethod
    def of(cls, user: User) -> UserObject:
        """The user as the contract shows one."""
        return cls(id=user.id, email=user.email, nickname=user.nickname, created_at=moment(user.created_at))


class LoggedIn(BaseModel):
    """Tokens and the user whom they stand for."""

    access_token: str
    refresh_token: str
    token_type: str = "bearer"
    user: UserObject


class AccessToken(BaseModel):
    """A new access token."""

    access_token: str
    token_type: str = "bearer"


class Me(UserObject):
    """The caller."""

    last_login_at: str | None
    is_admin: bool
    is_local: bool = Field(description="本机模式下无需登录的本机用户")


class Said(BaseModel):
    """A sentence."""

    message: str


@router.post("/send-code")
async def post_send_code(body: SendCodeBody, rest: RestDep, address: AddressDep) -> CodeSent:
    """Send a code to an e-mail address. A slow mail server keeps nobody else waiting."""
    seconds = await to_thread.run_sync(accounts.send_code, rest.app, body.email, address, limiter=_post_office())
    return CodeSent(message="验证码已发送", expires_in=seconds)


@router.post("/verify-code")
def post_verify_code(body: VerifyCodeBody, rest: RestDep, address: AddressDep) -> LoggedIn:
    """Log in with the code; the first time the user is made."""
    login = accounts.verify_code(rest.app, body.email, body.code, address)
    return LoggedIn(access_token=login.access_token, refresh_token=login.refresh_token, user=UserObject.of(login.user))


@router.post("/refresh")
def post_refresh(body: RefreshBody, rest: RestDep) -> AccessToken:
    """A new access token for a refresh token."""
    return AccessToken(access_token=accounts.refresh(rest.app, body.refresh_token))


@router.get("/me")
def get_me(rest: RestDep, caller: CallerDep) -> Me:
    """The caller."""
    user = rest.app.records.users.get(caller.id)
    if user is None:
        raise Unauthenticated(NOBODY)
    shown = UserObject.of(user).model_dump()
    return Me(**shown, last_login_at=moment(user.last_login_at), is_admin=caller.is_admin, is_local=caller.is_local)


@router.post("/logout")
def post_logout(rest: RestDep, caller: CallerDep, door: DoorDep) -> Said:
    """End every token of the caller that was issued until now, on all devices."""
    if not caller.is_local:
        accounts.log_out(rest.app, caller.id)
        door.forget(caller.id)
    return Said(message="已退出登录")


def _post_office() -> CapacityLimiter:
    """The threads that send letters, apart from those that answer everything else."""
    try:
        return _office.get()
    except LookupError:
        _office.set(made := CapacityLimiter(LETTERS_AT_ONCE))
        return made
