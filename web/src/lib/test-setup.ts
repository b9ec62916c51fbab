// React asks test environments to declare that they flush effects themselves.
Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
