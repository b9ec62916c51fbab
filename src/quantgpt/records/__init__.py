"""What we remember: users, jobs with their events, reports, workers. One repository per noun."""

from quantgpt.records.job import Failure, Job, JobEvent, NewJob
from quantgpt.records.reports import ReportRow
from quantgpt.records.store import Records, open_records
from quantgpt.records.users import LOCAL_ADMIN, User

__all__ = ["LOCAL_ADMIN", "Failure", "Job", "JobEvent", "NewJob", "Records", "ReportRow", "User", "open_records"]
