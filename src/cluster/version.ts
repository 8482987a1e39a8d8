/** The release of Kubernetes whose behaviour statelet follows; kubelets and `/version` report it. */
export const KUBERNETES_VERSION = 'v1.36.2+statelet';
