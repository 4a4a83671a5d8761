"""GovShare 锦享: government information-resource sharing under 《成都市政务信息资源共享管理暂行办法》."""

__version__ = "0.1.0"
